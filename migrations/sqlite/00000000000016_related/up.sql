-- Threads about the same as another one, prepared so that showing them costs a page one look.
CREATE TABLE related_threads (
    thread_id BIGINT PRIMARY KEY NOT NULL,
    related TEXT NOT NULL,
    made_at BIGINT NOT NULL
);

DROP TABLE related_threads;

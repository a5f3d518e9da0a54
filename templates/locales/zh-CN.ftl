replies-count = { $shown } 条回复

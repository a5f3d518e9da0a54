replies-count = { $n -> 
    [one] { $shown } reply
   *[other] { $shown } replies
 }

"""The life of a call: guard → quote → log → send → read → settle."""

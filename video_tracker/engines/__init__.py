"""Distributed engines over `keyed`: Spark, Flink."""

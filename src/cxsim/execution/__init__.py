"""How work is carried out: batches of tasks on threads, processes or a cluster, each done once."""

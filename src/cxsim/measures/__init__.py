"""What is measured of a run: tables of months and of firms, and what each column means."""

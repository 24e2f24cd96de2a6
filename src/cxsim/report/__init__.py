"""From a folder of results to one page of HTML that opens anywhere: what a report says, how it is drawn, how it is written."""

"""The service audit: how much service is too little, for one firm of a scenario."""

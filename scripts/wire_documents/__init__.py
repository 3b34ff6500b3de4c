"""From public descriptions of Azure's management API to the reduced schemas that tests hold answers to."""

"""What travellers manage themselves: their wishes, schedule, ways in, and all that is stored."""

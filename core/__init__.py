"""What every part of Travel Buddy stands on: settings, database, jobs, places, money, text."""

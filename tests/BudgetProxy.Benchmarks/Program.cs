Console.WriteLine("Name a benchmark; see README.md beside this project.");

package io.waggle.core.parquet;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a log, folder by folder: by hour, then by path. Names that begin with a dot or an
 * underscore are what writers are still at; what does not end with {@code .parquet} is something
 * else.
 */
final class LogFiles {
  /** Most files of one log: a year of one surface in files of a minute is half of it. */
  static final int MAX_FILES = 1_000_000;

  private static final String SUFFIX = ".parquet";

  private LogFiles() {}

  /** A file and its bytes. */
  record LogFile(Path path, long bytes) {}

  /**
   * The files under a folder, or the one that is given; a list for each folder.
   *
   * @throws IOException when there is nothing there, or there are too many files
   */
  static List<List<LogFile>> list(Path root, LogFilter filter) throws IOException {
    if (Files.isRegularFile(root)) {
      return List.of(List.of(new LogFile(root, Files.size(root))));
    }
    if (!Files.isDirectory(root)) {
      throw new IOException(root + ": not there (expected: a file or directory)");
    }
    Map<Path, List<LogFile>> folders =
        new TreeMap<>(Comparator.comparing(Partition::hourOf).thenComparing(Path::toString));
    Files.walkFileTree(root, new Visitor(root, filter, folders));
    return List.copyOf(folders.values());
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final LogFilter filter;
    private final Map<Path, List<LogFile>> folders;
    private int files;

    Visitor(Path root, LogFilter filter, Map<Path, List<LogFile>> folders) {
      this.root = root;
      this.filter = filter;
      this.folders = folders;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      boolean skipped =
          !folder.equals(root) && (isHidden(folder) || !filter.mayHold(root.relativize(folder)));
      return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile()
          && !isHidden(file)
          && file.getFileName().toString().endsWith(SUFFIX)) {
        files++;
        if (files > MAX_FILES) {
          throw new IOException(root + ": more than " + MAX_FILES + " files (expected: fewer)");
        }
        Path folder = root.relativize(file).getParent();
        folders
            .computeIfAbsent(folder == null ? Path.of("") : folder, name -> new ArrayList<>())
            .add(new LogFile(file, attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path path) {
      String name = path.getFileName().toString();
      return name.startsWith(".") || name.startsWith("_");
    }
  }
}

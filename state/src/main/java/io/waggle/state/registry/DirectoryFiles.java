package io.waggle.state.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A registry's files in a directory of this machine. A file is written under a temporary name,
 * synced and renamed. Safe on any thread.
 */
public final class DirectoryFiles implements RegistryFiles {
  private final Path root;

  /**
   * @param root made with the first write
   */
  public DirectoryFiles(Path root) {
    this.root = root;
  }

  @Override
  public ByteString read(String path) throws IOException {
    try {
      // Not copied: the array is nobody else's.
      return UnsafeByteOperations.unsafeWrap(Files.readAllBytes(root.resolve(path)));
    } catch (NoSuchFileException e) {
      FileNotFoundException absent = new FileNotFoundException(e.getMessage());
      absent.initCause(e);
      throw absent;
    }
  }

  @Override
  public void write(String path, ByteString bytes) throws IOException {
    Path file = root.resolve(path);
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    Files.createDirectories(temporary.resolveSibling("."));
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Path start = root.resolve(path);
    if (!Files.exists(start)) {
      return;
    }
    Files.walkFileTree(
        start,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public List<String> names(String folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> found = Files.list(root.resolve(folder))) {
      found.forEach(path -> names.add(String.valueOf(path.getFileName())));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return names;
  }
}

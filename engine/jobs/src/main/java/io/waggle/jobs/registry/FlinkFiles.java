package io.waggle.jobs.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.state.registry.RegistryFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * A registry's files on any file system that Flink knows. A file is written under a temporary name
 * and renamed; on object stores, where a rename copies, the copy is what appears in one step. Safe
 * on any thread.
 */
final class FlinkFiles implements RegistryFiles {
  private final Path root;

  FlinkFiles(URI root) {
    this.root = new Path(root);
  }

  @Override
  public ByteString read(String path) throws IOException {
    try (FSDataInputStream stream = files().open(new Path(root, path))) {
      // Not copied: the array is nobody else's.
      return UnsafeByteOperations.unsafeWrap(stream.readAllBytes());
    }
  }

  @Override
  public void write(String path, ByteString bytes) throws IOException {
    Path file = new Path(root, path);
    Path temporary = new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
    boolean renamed = false;
    try {
      try (FSDataOutputStream stream =
          files().create(temporary, FileSystem.WriteMode.NO_OVERWRITE)) {
        bytes.writeTo(stream);
        if (!files().isDistributedFS()) {
          stream.sync();
        }
      }
      renamed = files().rename(temporary, file);
      if (!renamed) {
        // Some file systems do not rename onto what is there: what a cut-off write left.
        delete(path);
        renamed = files().rename(temporary, file);
      }
      if (!renamed) {
        throw new IOException("cannot rename %s to %s".formatted(temporary, file));
      }
    } finally {
      if (!renamed) {
        files().delete(temporary, false);
      }
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Path file = new Path(root, path);
    if (!files().delete(file, true) && files().exists(file)) {
      throw new IOException("cannot delete " + file);
    }
  }

  @Override
  public List<String> names(String folder) throws IOException {
    FileStatus[] found;
    try {
      found = files().listStatus(folder.isEmpty() ? root : new Path(root, folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return found == null
        ? List.of()
        : Arrays.stream(found).map(status -> status.getPath().getName()).toList();
  }

  private FileSystem files() throws IOException {
    return root.getFileSystem();
  }
}

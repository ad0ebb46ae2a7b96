package io.waggle.state.registry;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;

/**
 * The few things a registry needs of a file system. Paths are relative, their parts are joined by
 * {@code /}. One writer per registry; readers on any thread or machine.
 */
public interface RegistryFiles {
  /**
   * A file's bytes.
   *
   * @throws java.io.FileNotFoundException when there is no such file
   */
  ByteString read(String path) throws IOException;

  /**
   * Writes a file in one step: a reader sees the old one (or none) or the whole new one, also after
   * a crash. Folders are made as needed.
   */
  void write(String path, ByteString bytes) throws IOException;

  /** Deletes a file, or a folder with all that is in it; nothing happens where nothing is. */
  void delete(String path) throws IOException;

  /** Names in a folder (empty: the root), in no order; none where it is absent. */
  List<String> names(String folder) throws IOException;
}

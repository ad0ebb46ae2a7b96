package io.waggle.state.registry;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Model versions in files: {@code surface/policy/version/model.bin}, its lineage in {@code
 * lineage.bin} (CRC-32C of the message, big endian, then the message) and, while it is pinned, an
 * empty {@code pinned}. The lineage is written last and deleted first, so a version is there whole
 * or not at all; it is never overwritten, and everything read is checked.
 *
 * <p>One writer per policy at a time (the learning job); any number of readers. A reader may find a
 * version gone that was listed a moment before.
 */
public final class ModelRegistry {
  private static final String MODEL = "model.bin";
  private static final String LINEAGE = "lineage.bin";
  private static final String PINNED = "pinned";
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");
  private static final long LEFTOVER_MILLIS = 3_600_000;

  private final RegistryFiles files;

  public ModelRegistry(RegistryFiles files) {
    this.files = files;
  }

  /** The registry in a directory of this machine. */
  public static ModelRegistry in(Path directory) {
    return new ModelRegistry(new DirectoryFiles(directory));
  }

  /**
   * Keeps a version; a repeat of one that is there does nothing.
   *
   * @throws IllegalArgumentException when the lineage's size or checksum is not the bytes', or a
   *     version of that name with other bytes is there
   */
  public void put(ModelLineage lineage, ByteString bytes) throws IOException {
    ModelName name = ModelName.of(lineage);
    if (lineage.getModelBytes() != bytes.size()
        || lineage.getChecksum() != ModelParts.checksum(bytes)) {
      throw new IllegalArgumentException(name + ": the lineage is not of these bytes");
    }
    if (contains(name)) {
      ModelLineage kept = show(name).getLineage();
      if (kept.getChecksum() != lineage.getChecksum()
          || kept.getModelBytes() != lineage.getModelBytes()) {
        throw new IllegalArgumentException(name + ": is there already with other bytes");
      }
      return;
    }
    files.write(name.folder() + "/" + MODEL, bytes);
    files.write(name.folder() + "/" + LINEAGE, sealed(lineage.toByteString()));
  }

  /** True: the version is kept. */
  public boolean contains(ModelName name) throws IOException {
    return files.names(name.folder()).contains(LINEAGE);
  }

  /**
   * What is kept of a version, without its bytes.
   *
   * @throws UnknownVersionException when it is not kept
   * @throws DamagedVersionException when its lineage is not what was written
   */
  public RegisteredModel show(ModelName name) throws IOException {
    List<String> names = files.names(name.folder());
    if (!names.contains(LINEAGE)) {
      throw new UnknownVersionException(name);
    }
    return RegisteredModel.newBuilder()
        .setLineage(lineage(name))
        .setPinned(names.contains(PINNED))
        .build();
  }

  /**
   * A version's bytes, verified.
   *
   * @throws UnknownVersionException when it is not kept
   * @throws DamagedVersionException when its files are not what was written
   */
  public ByteString bytes(ModelName name) throws IOException {
    ModelLineage lineage = lineage(name);
    ByteString bytes;
    try {
      bytes = files.read(name.folder() + "/" + MODEL);
    } catch (FileNotFoundException e) {
      throw damaged(name, "model.bin: absent (expected: the model)", e);
    }
    if (bytes.size() != lineage.getModelBytes()) {
      throw new DamagedVersionException(
          name,
          "model.bin: %d bytes (expected: %d)".formatted(bytes.size(), lineage.getModelBytes()));
    }
    if (ModelParts.checksum(bytes) != lineage.getChecksum()) {
      throw new DamagedVersionException(
          name,
          "model.bin: checksum %08x (expected: %08x)"
              .formatted(ModelParts.checksum(bytes), lineage.getChecksum()));
    }
    return bytes;
  }

  /**
   * The versions of one policy, oldest first. One whose lineage is damaged is left out; {@link
   * #show} says why.
   */
  public List<RegisteredModel> list(String surface, String policy) throws IOException {
    ModelName.check("surface", surface);
    ModelName.check("policy", policy);
    List<RegisteredModel> models = new ArrayList<>();
    for (ModelName name : names(surface, policy)) {
      try {
        models.add(show(name));
      } catch (UnknownVersionException | DamagedVersionException e) {
        // Not whole yet, going at this moment, or damaged: not a version to choose.
      }
    }
    return List.copyOf(models);
  }

  /** The same of every policy, by surface and policy. */
  public List<RegisteredModel> list() throws IOException {
    List<RegisteredModel> models = new ArrayList<>();
    for (String surface : parts("")) {
      for (String policy : parts(surface)) {
        models.addAll(list(surface, policy));
      }
    }
    return List.copyOf(models);
  }

  private List<String> parts(String folder) throws IOException {
    return files.names(folder).stream().filter(ModelName::isPart).sorted().toList();
  }

  /**
   * Keeps a version whatever the retention says, or no longer; repeats do nothing.
   *
   * @throws UnknownVersionException when it is not kept
   */
  public void pin(ModelName name, boolean pinned) throws IOException {
    if (!contains(name)) {
      throw new UnknownVersionException(name);
    }
    if (pinned) {
      files.write(name.folder() + "/" + PINNED, ByteString.EMPTY);
    } else {
      files.delete(name.folder() + "/" + PINNED);
    }
  }

  /** Forgets a version, pinned or not; nothing happens where it is not kept. */
  public void delete(ModelName name) throws IOException {
    files.delete(name.folder() + "/" + LINEAGE);
    files.delete(name.folder());
  }

  /**
   * Deletes what a policy's retention lets go, and what interrupted writes of more than an hour ago
   * left.
   *
   * @return the versions deleted, oldest first
   */
  public List<RegisteredModel> retain(
      String surface, String policy, Retention retention, long nowMillis) throws IOException {
    List<RegisteredModel> expired = retention.expired(list(surface, policy), nowMillis);
    for (RegisteredModel model : expired) {
      delete(ModelName.of(model.getLineage()));
    }
    for (ModelName name : names(surface, policy)) {
      if (ModelVersions.millis(name.version()) < nowMillis - LEFTOVER_MILLIS && !contains(name)) {
        files.delete(name.folder());
      }
    }
    return expired;
  }

  /** The versions that have a folder, oldest first. */
  private List<ModelName> names(String surface, String policy) throws IOException {
    return files.names(surface + "/" + policy).stream()
        .filter(version -> VERSION.matcher(version).matches())
        .map(version -> new ModelName(surface, policy, Long.parseLong(version)))
        .sorted(Comparator.comparingLong(ModelName::version))
        .toList();
  }

  private ModelLineage lineage(ModelName name) throws IOException {
    ByteString file;
    try {
      file = files.read(name.folder() + "/" + LINEAGE);
    } catch (FileNotFoundException e) {
      UnknownVersionException unknown = new UnknownVersionException(name);
      unknown.initCause(e);
      throw unknown;
    }
    if (file.size() < Integer.BYTES || !sealed(file.substring(Integer.BYTES)).equals(file)) {
      throw new DamagedVersionException(name, "lineage.bin: its checksum does not hold");
    }
    ModelLineage lineage;
    try {
      lineage = ModelLineage.parseFrom(file.substring(Integer.BYTES));
    } catch (InvalidProtocolBufferException e) {
      throw damaged(name, "lineage.bin: " + e.getMessage(), e);
    }
    if (!ModelName.of(lineage).equals(name)) {
      throw new DamagedVersionException(
          name, "lineage.bin: of %s (expected: of its folder)".formatted(ModelName.of(lineage)));
    }
    return lineage;
  }

  /** The message behind its checksum. */
  private static ByteString sealed(ByteString message) {
    ByteBuffer checksum = ByteBuffer.allocate(Integer.BYTES);
    checksum.putInt(ModelParts.checksum(message)).flip();
    return ByteString.copyFrom(checksum).concat(message);
  }

  private static DamagedVersionException damaged(ModelName name, String rule, IOException cause) {
    DamagedVersionException damaged = new DamagedVersionException(name, rule);
    damaged.initCause(cause);
    return damaged;
  }
}

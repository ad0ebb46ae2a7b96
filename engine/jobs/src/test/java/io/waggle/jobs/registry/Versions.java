package io.waggle.jobs.registry;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.state.registry.ModelName;
import io.waggle.v1.ModelLineage;
import java.util.Random;

/** Made-up versions with a lineage that fits. */
final class Versions {
  private Versions() {}

  static ServableModel version(ModelName name) {
    byte[] data = new byte[1_000];
    new Random(name.version()).nextBytes(data);
    ByteString bytes = ByteString.copyFrom(data);
    ModelLineage lineage =
        ModelLineage.newBuilder()
            .setSurface(name.surface())
            .setPolicy(name.policy())
            .setVersion(name.version())
            .setCreatedMillis(name.version())
            .setChecksum(ModelParts.checksum(bytes))
            .setModelBytes(bytes.size())
            .build();
    return new ServableModel(
        name.surface(),
        name.policy(),
        name.version(),
        bytes,
        "--cb_explore_adf",
        1,
        name.version(),
        0,
        0,
        lineage);
  }
}

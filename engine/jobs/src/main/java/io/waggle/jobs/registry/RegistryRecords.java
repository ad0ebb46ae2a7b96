package io.waggle.jobs.registry;

import io.waggle.state.registry.ModelName;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;

/** Records of topic {@code versions}: a version that is kept, or that is no longer. */
public final class RegistryRecords {
  private RegistryRecords() {}

  /** Says that a version is no longer kept: nothing but its name. */
  static RegisteredModel gone(ModelName name) {
    return RegisteredModel.newBuilder()
        .setLineage(
            ModelLineage.newBuilder()
                .setSurface(name.surface())
                .setPolicy(name.policy())
                .setVersion(name.version()))
        .build();
  }

  /** True: the version is no longer kept; its record is a tombstone. */
  public static boolean isGone(RegisteredModel model) {
    return model.equals(gone(ModelName.of(model.getLineage())));
  }
}

package io.waggle.server.explain;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ServableModel;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.Decision;
import io.waggle.v1.ModelLineage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the version that made a decision: in service, among those of lately, in the registry. Reads
 * files; any thread.
 */
public final class ModelVersions {
  private static final Logger LOG = LoggerFactory.getLogger(ModelVersions.class);

  private final ModelLookup served;
  private final RecentModels recent;
  private final @Nullable ModelRegistry registry;

  /**
   * A version and where it was.
   *
   * @param source for people
   */
  record Held(ServableModel model, String source) {}

  /**
   * Looks there.
   *
   * @param registry null: none is configured
   */
  public ModelVersions(ModelLookup served, RecentModels recent, @Nullable ModelRegistry registry) {
    this.served = served;
    this.recent = recent;
    this.registry = registry;
  }

  /** The version that a decision names; null: it names none, or none of these has it. */
  @Nullable Held of(Decision decision) {
    long version = decision.getModelVersion();
    if (version == 0) {
      return null;
    }
    ServableModel now = served.find(decision.getSurface(), decision.getPolicy());
    if (now != null && now.version() == version) {
      return new Held(now, "it serves now");
    }
    ServableModel lately = recent.find(decision.getSurface(), decision.getPolicy(), version);
    if (lately != null) {
      return new Held(lately, "among the versions served lately");
    }
    return registry == null ? null : registered(decision, registry);
  }

  private static @Nullable Held registered(Decision decision, ModelRegistry registry) {
    try {
      ModelName name =
          new ModelName(decision.getSurface(), decision.getPolicy(), decision.getModelVersion());
      if (!registry.contains(name)) {
        return null;
      }
      ModelLineage lineage = registry.show(name).getLineage();
      ByteString bytes = registry.bytes(name);
      return new Held(
          new ServableModel(
              lineage.getSurface(),
              lineage.getPolicy(),
              lineage.getVersion(),
              bytes,
              lineage.getArguments(),
              lineage.getEventsLearned(),
              lineage.getCreatedMillis(),
              lineage.getParentVersion(),
              0,
              lineage),
          "in the registry");
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("A version cannot be read from the registry", e);
      return null;
    }
  }
}

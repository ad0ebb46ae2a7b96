package io.waggle.server.explain;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ServableModel;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.Decision;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the version that made a decision: in service, among those of lately, in the registry, where
 * versions are published. Reads files and a topic; any thread.
 */
public final class ModelVersions {
  private static final Logger LOG = LoggerFactory.getLogger(ModelVersions.class);

  private static final Held NO_REGISTRY = new Held(null, "this service has no registry");

  private final ModelLookup served;
  private final RecentModels recent;
  private final @Nullable ModelRegistry registry;
  private final VersionSearch published;

  /**
   * A version and where it was.
   *
   * @param model null: it is nowhere, or the decision names none
   * @param source where it was or, if the decision names one, where it was not; for people
   */
  record Held(@Nullable ServableModel model, String source) {}

  /**
   * Looks there.
   *
   * @param registry null: none is configured
   * @param published looked for last
   */
  public ModelVersions(
      ModelLookup served,
      RecentModels recent,
      @Nullable ModelRegistry registry,
      VersionSearch published) {
    this.served = served;
    this.recent = recent;
    this.registry = registry;
    this.published = published;
  }

  /** The version that a decision of just now names, from memory; null: none, or it is gone. */
  @Nullable ServableModel live(Decision decision) {
    return memory(decision).model();
  }

  /** The version that a decision of before names, wherever it is. */
  Held past(Decision decision) {
    if (decision.getModelVersion() == 0) {
      return new Held(null, "");
    }
    Held held = memory(decision);
    if (held.model() == null) {
      held = or(held, registry == null ? NO_REGISTRY : registered(decision, registry));
    }
    if (held.model() == null) {
      VersionSearch.Found found =
          published.find(decision.getSurface(), decision.getPolicy(), decision.getModelVersion());
      held = or(held, new Held(found.model(), found.looked()));
    }
    return held;
  }

  /** What was found or, if it was not, all places where it is not. */
  private static Held or(Held before, Held next) {
    return next.model() == null ? new Held(null, before.source() + "; " + next.source()) : next;
  }

  private Held memory(Decision decision) {
    long version = decision.getModelVersion();
    ServableModel now = served.find(decision.getSurface(), decision.getPolicy());
    if (now != null && now.version() == version) {
      return new Held(now, "it serves now");
    }
    ServableModel lately = recent.find(decision.getSurface(), decision.getPolicy(), version);
    return new Held(
        lately,
        lately == null
            ? "not among the versions that this service has served lately"
            : "among the versions served lately");
  }

  private static Held registered(Decision decision, ModelRegistry registry) {
    try {
      ModelName name =
          new ModelName(decision.getSurface(), decision.getPolicy(), decision.getModelVersion());
      if (!registry.contains(name)) {
        List<RegisteredModel> kept = registry.list(name.surface(), name.policy());
        return new Held(null, KeptVersions.around(name.version(), kept));
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
      return new Held(null, "the registry cannot be read: see the service's log");
    }
  }
}

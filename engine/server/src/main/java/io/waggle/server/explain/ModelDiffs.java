package io.waggle.server.explain;

import io.grpc.StatusRuntimeException;
import io.waggle.core.codec.ModelFormatException;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.explain.ModelDifference;
import io.waggle.core.explain.WeightNames;
import io.waggle.server.wire.Refusal;
import io.waggle.state.registry.DamagedVersionException;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.registry.UnknownVersionException;
import io.waggle.v1.DiffModelsResponse;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.WeightChange;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares versions by their bytes in the registry. Reads files; any thread. */
public final class ModelDiffs {
  private final @Nullable ModelRegistry registry;
  private final RecentExamples examples;

  /**
   * Compares.
   *
   * @param registry null: none is configured, and every comparison is refused
   * @param examples where weights get their names from
   */
  public ModelDiffs(@Nullable ModelRegistry registry, RecentExamples examples) {
    this.registry = registry;
    this.examples = examples;
  }

  /**
   * Compares two versions.
   *
   * @param limit most weights to tell
   * @throws StatusRuntimeException FAILED_PRECONDITION: there is no registry, a version's bytes are
   *     damaged or cannot be read, or the versions have not equally many weights; NOT_FOUND: its
   *     files are gone
   */
  public DiffModelsResponse between(ModelLineage one, ModelLineage other, int limit) {
    VowpalWabbitModel model = read(one);
    VowpalWabbitModel otherModel = read(other);
    ModelDifference difference;
    try {
      difference = ModelDifference.between(model, otherModel, limit);
    } catch (IllegalArgumentException e) {
      throw Refusal.failedPrecondition("other_version: cannot be compared: " + e.getMessage());
    }
    Map<Integer, String> names =
        new WeightNames(model, one.getArguments(), examples.of(one.getSurface()))
            .of(
                difference.most().stream()
                    .map(ModelDifference.Change::index)
                    .collect(Collectors.toSet()));
    DiffModelsResponse.Builder response =
        DiffModelsResponse.newBuilder()
            .setVersion(one)
            .setOtherVersion(other)
            .setNonzeroWeights(difference.nonzero())
            .setOtherNonzeroWeights(difference.otherNonzero())
            .setChangedWeights(difference.changed())
            .setLargestChange(difference.largest())
            .setDistance(difference.distance());
    for (ModelDifference.Change change : difference.most()) {
      response.addChanges(
          WeightChange.newBuilder()
              .setIndex(change.index())
              .setFeature(names.getOrDefault(change.index(), ""))
              .setWeight(change.weight())
              .setOtherWeight(change.otherWeight()));
    }
    return response.build();
  }

  private VowpalWabbitModel read(ModelLineage lineage) {
    if (registry == null) {
      throw Refusal.failedPrecondition(
          "registry: absent in this service's file (expected: the directory of kept versions; a"
              + " bucket has to be mounted as one)");
    }
    try {
      return VowpalWabbitModel.parse(registry.bytes(ModelName.of(lineage)).toByteArray());
    } catch (UnknownVersionException e) {
      throw Refusal.notFound("version: " + e.getMessage());
    } catch (DamagedVersionException | ModelFormatException e) {
      throw Refusal.failedPrecondition("version: " + e.getMessage());
    } catch (IOException e) {
      throw Refusal.failedPrecondition("registry: cannot be read: " + e.getMessage());
    }
  }
}

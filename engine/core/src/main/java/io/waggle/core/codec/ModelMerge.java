package io.waggle.core.codec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one model of what several learners made of a common base, each of its own share of the
 * examples. Pure; any thread.
 *
 * <p>A weight that one learner moved is that learner's. One that several moved becomes the base's
 * plus the average of their steps, each weighted by how much its learner added to the adaptive sum
 * of that weight (the sum of squared gradients), that is by how much it saw of the feature: the
 * average of Agarwal, Chapelle, Dudík and Langford (A reliable effective terascale linear learning
 * system, JMLR 15, 2014, section 2), taken of the steps since the base, as VW merges deltas.
 * Adaptive sums and counters grow by what each learner added, so that each example counts once;
 * normalisers are the largest.
 *
 * <p>Learners do not wait for a merge: what one has learned since it contributed is put on top of
 * the merged model by {@link #rebase}.
 */
public final class ModelMerge {
  /**
   * One learner's model.
   *
   * @param shard the learner's number; the order of the sums follows it, so the order of arrival
   *     does not matter to any bit
   */
  public record Contribution(int shard, VowpalWabbitModel model) {}

  private ModelMerge() {}

  /**
   * The base with what every contribution added.
   *
   * @throws IllegalArgumentException when a contribution is of another kind of learner, or two are
   *     of one shard
   */
  public static VowpalWabbitModel merge(VowpalWabbitModel base, List<Contribution> contributions) {
    List<Contribution> sorted = new ArrayList<>(contributions);
    sorted.sort(Comparator.comparingInt(Contribution::shard));
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).shard() == sorted.get(i - 1).shard()) {
        throw new IllegalArgumentException(
            "shard: %d twice (expected: once)".formatted(sorted.get(i).shard()));
      }
    }
    List<VowpalWabbitModel> models = sorted.stream().map(Contribution::model).toList();
    models.forEach(model -> requireSameKind(base, model));
    if (models.isEmpty()) {
      return base;
    }
    // A sampling learner's generator goes on from the first shard's; any would do.
    ModelHeader first = models.get(0).header();
    return new VowpalWabbitModel(
        new ModelHeader(
            first.id(),
            (float) models.stream().mapToDouble(model -> model.header().minLabel()).min().orElse(0),
            (float) models.stream().mapToDouble(model -> model.header().maxLabel()).max().orElse(0),
            first.bits(),
            first.options()),
        MergedCounters.reductions(
            base.counters(), models.stream().map(VowpalWabbitModel::counters).toList()),
        MergedCounters.learner(learner(base), models.stream().map(ModelMerge::learner).toList()),
        MergedWeights.merge(
            base.weights(),
            models.stream().map(VowpalWabbitModel::weights).toList(),
            OptimizerColumns.of(base.options())));
  }

  /**
   * What a learner goes on with when a merged model arrives: the merged one, and on top what the
   * learner has learned since it contributed.
   *
   * @param contributed the learner's model when it contributed to the merge
   * @param now its model now
   * @throws IllegalArgumentException when they are not of one kind of learner
   */
  public static VowpalWabbitModel rebase(
      VowpalWabbitModel merged, VowpalWabbitModel contributed, VowpalWabbitModel now) {
    requireSameKind(merged, contributed);
    requireSameKind(merged, now);
    return new VowpalWabbitModel(
        new ModelHeader(
            now.header().id(),
            Math.min(merged.header().minLabel(), now.header().minLabel()),
            Math.max(merged.header().maxLabel(), now.header().maxLabel()),
            now.header().bits(),
            now.header().options()),
        MergedCounters.reductions(
            contributed.counters(), List.of(merged.counters(), now.counters())),
        MergedCounters.learner(learner(contributed), List.of(learner(merged), learner(now))),
        MergedWeights.rebase(
            merged.weights(),
            contributed.weights(),
            now.weights(),
            OptimizerColumns.of(now.options())));
  }

  private static LearnerCounters learner(VowpalWabbitModel model) {
    LearnerCounters learner = model.learner();
    if (learner == null) {
      throw new IllegalArgumentException("model: only predicts (expected: one that learns)");
    }
    return learner;
  }

  private static void requireSameKind(VowpalWabbitModel base, VowpalWabbitModel other) {
    String problem = difference(base, other);
    if (problem != null) {
      throw new IllegalArgumentException("model: " + problem + " (expected: as in the base)");
    }
  }

  private static @Nullable String difference(VowpalWabbitModel base, VowpalWabbitModel other) {
    if (base.header().bits() != other.header().bits()) {
      return "bits " + other.header().bits();
    }
    if (!base.header().id().equals(other.header().id())) {
      return "id " + other.header().id();
    }
    // The generator's state is kept as an option, the last one.
    if (!withoutSeed(base).equals(withoutSeed(other))) {
      return "options" + other.header().options();
    }
    return base.weights().columns() == other.weights().columns() ? null : "columns";
  }

  private static String withoutSeed(VowpalWabbitModel model) {
    return model.header().options().replaceFirst(" --random_seed [0-9]+$", "");
  }
}

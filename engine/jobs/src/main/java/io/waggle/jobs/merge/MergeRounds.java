package io.waggle.jobs.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.codec.ModelMerge;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.v1.MergeState;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ShardProgress;
import java.util.ArrayList;
import java.util.List;

/**
 * The merge's side, for one policy: collects the contributions of a round and makes the next merged
 * model of them. A round takes at most one contribution of each learner; what comes for a round
 * that is over is not taken, and its learner hears so from the newest merged model. Pure steps from
 * state to state; any thread.
 */
public final class MergeRounds {
  /** Most features that a version names. */
  private static final int FEATURES = 64;

  private MergeRounds() {}

  /**
   * What follows from a contribution.
   *
   * @param state the state from now on
   * @param answer true: the newest merged model is to be told (again), its learner does not know it
   */
  public record Step(MergeState state, boolean answer) {}

  /**
   * Takes a contribution or a question. Learners with another command line, another number of them
   * or a later beginning start anew with their first round; what comes of an earlier beginning is
   * of no use.
   */
  public static Step offer(MergeState before, ModelContribution contribution) {
    MergeState state = before;
    boolean begins = isOfOthers(before, contribution);
    if (begins) {
      if (contribution.getRound() != 1 || contribution.getGeneration() < before.getGeneration()) {
        return new Step(state, false);
      }
      state =
          MergeState.newBuilder()
              .setArguments(contribution.getArguments())
              .setModel(contribution.getBase())
              .setVersion(before.getVersion())
              .setEvents(contribution.getBaseEvents())
              .setGeneration(contribution.getGeneration())
              .setSurface(contribution.getSurface())
              .setPolicy(contribution.getPolicy())
              .addAllFeatures(contribution.getFeaturesList())
              .build();
    }
    MergeState.Builder next = state.toBuilder();
    int shard = contribution.getShard();
    while (next.getShardsCount() < contribution.getLearners()) {
      next.addShards(ShardProgress.getDefaultInstance());
    }
    if (next.getShards(shard).getAttempt() != contribution.getAttempt()) {
      next.setShards(
          shard, next.getShards(shard).toBuilder().setAttempt(contribution.getAttempt()));
    }
    // Who serves has to hear of a beginning that knows something, as after a rollback.
    boolean beginning = begins && state.getEvents() > 0;
    if (contribution.getRound() <= state.getRound()) {
      return new Step(next.build(), true);
    }
    boolean known =
        state.getContributionsList().stream().anyMatch(each -> each.getShard() == shard);
    if (contribution.getRound() == state.getRound() + 1
        && !known
        && !contribution.getModel().isEmpty()) {
      next.addContributions(contribution);
    }
    return new Step(next.build(), beginning);
  }

  /** True: every learner has contributed to the next round. */
  public static boolean isComplete(MergeState state) {
    return state.getShardsCount() > 0 && state.getContributionsCount() == state.getShardsCount();
  }

  /**
   * Merges what has been contributed to the next round.
   *
   * @param atLeast the time of the new version, in the job's epoch
   * @throws IllegalArgumentException when a contribution is broken or of another kind of learner
   */
  public static MergeState merge(MergeState state, long atLeast) {
    List<ModelMerge.Contribution> models = new ArrayList<>();
    long events = state.getEvents();
    MergeState.Builder next = state.toBuilder().clearContributions();
    for (ModelContribution each : state.getContributionsList()) {
      models.add(new ModelMerge.Contribution(each.getShard(), parse(each.getModel())));
      events += each.getEvents();
      next.setShards(
          each.getShard(),
          state.getShards(each.getShard()).toBuilder().setTakenRound(state.getRound() + 1));
    }
    byte[] merged = ModelMerge.merge(parse(state.getModel()), models).bytes();
    next.clearFeatures()
        .addAllFeatures(features(state.getContributionsList()))
        .setRound(state.getRound() + 1)
        .setModel(UnsafeByteOperations.unsafeWrap(merged))
        .setEvents(events)
        .setOldestRewardMillis(oldestReward(state.getContributionsList()))
        .clearDueMillis();
    return newVersion(next.build(), atLeast);
  }

  /** The merged model once more under a new number, so that readers take it. */
  public static MergeState newVersion(MergeState state, long atLeast) {
    return state.toBuilder()
        .setParentVersion(state.getVersion())
        .setVersion(Math.max(atLeast, state.getVersion() + 1))
        .build();
  }

  /** Of all of them: while a surface changes not every learner knows it already. */
  private static List<String> features(List<ModelContribution> contributions) {
    return contributions.stream()
        .flatMap(each -> each.getFeaturesList().stream())
        .distinct()
        .sorted()
        .limit(FEATURES)
        .toList();
  }

  /** Of 0, none has learned a reward. */
  private static long oldestReward(List<ModelContribution> contributions) {
    return contributions.stream()
        .mapToLong(ModelContribution::getOldestRewardMillis)
        .filter(millis -> millis > 0)
        .min()
        .orElse(0);
  }

  private static boolean isOfOthers(MergeState state, ModelContribution contribution) {
    return state.getGeneration() != contribution.getGeneration()
        || !state.getArguments().equals(contribution.getArguments())
        || (state.getShardsCount() > 0 && state.getShardsCount() != contribution.getLearners());
  }

  private static VowpalWabbitModel parse(ByteString bytes) {
    return VowpalWabbitModel.parse(bytes.toByteArray());
  }
}

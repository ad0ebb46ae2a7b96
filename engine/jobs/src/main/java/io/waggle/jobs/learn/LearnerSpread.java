package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.codec.ModelMerge;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.MergeShare;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a checkpoint holds of a surface's learners, for as many as it has now. The same number go on
 * where they stood. Another number begin together from one model that holds what each had learned;
 * their evaluations start anew, as their intervals are others. Every subtask sees the same
 * checkpoint and comes to the same bytes.
 */
final class LearnerSpread {
  private static final Logger LOGGER = LoggerFactory.getLogger(LearnerSpread.class);

  private LearnerSpread() {}

  /** What each learner goes on from: by shard, by policy. */
  static Map<Integer, Map<String, PolicyState>> policies(List<PolicyState> saved, int learners) {
    Map<String, TreeMap<Integer, PolicyState>> byPolicy = new LinkedHashMap<>();
    for (PolicyState state : saved) {
      byPolicy
          .computeIfAbsent(state.getPolicy(), policy -> new TreeMap<>())
          .put(state.getShard(), state);
    }
    Map<Integer, Map<String, PolicyState>> byShard = new HashMap<>();
    byPolicy.forEach(
        (policy, states) -> {
          boolean same =
              states.values().stream()
                  .allMatch(state -> Math.max(1, state.getLearners()) == learners);
          List<PolicyState> spread =
              same ? List.copyOf(states.values()) : spread(List.copyOf(states.values()), learners);
          spread.forEach(
              state ->
                  byShard
                      .computeIfAbsent(state.getShard(), shard -> new LinkedHashMap<>())
                      .put(policy, state));
        });
    return byShard;
  }

  private static List<PolicyState> spread(List<PolicyState> before, int learners) {
    PolicyState first = before.get(0);
    ByteString model = model(before);
    PolicyState.Builder common =
        PolicyState.newBuilder()
            .setSurface(first.getSurface())
            .setPolicy(first.getPolicy())
            .setArguments(first.getArguments())
            .setModel(model)
            .setChecksum(ModelParts.checksum(model))
            .setLearners(learners);
    MergeShare.Builder share = MergeShare.newBuilder().setBase(model);
    PolicyState.Builder counted = PolicyState.newBuilder();
    for (PolicyState state : before) {
      common
          .setPublishedVersion(Math.max(common.getPublishedVersion(), state.getPublishedVersion()))
          .setPublishedParts(Math.max(common.getPublishedParts(), state.getPublishedParts()))
          .setRollbackMillis(Math.max(common.getRollbackMillis(), state.getRollbackMillis()));
      if (!state.getStopped().isEmpty()) {
        common.setStopped(state.getStopped());
      }
      counted
          .setEventsLearned(counted.getEventsLearned() + state.getEventsLearned())
          .setRejected(counted.getRejected() + state.getRejected())
          .setUnweighted(counted.getUnweighted() + state.getUnweighted())
          .setLossSum(counted.getLossSum() + state.getLossSum());
      share.setGeneration(Math.max(share.getGeneration(), state.getShare().getGeneration() + 1));
    }
    common.setShare(share.setBaseEvents(counted.getEventsLearned()));
    common.setLineage(
        before.size() == 1
            ? first.getLineage()
            : ModelLineage.newBuilder().setCause(ModelCause.MODEL_CAUSE_MERGED).build());
    List<PolicyState> after = new ArrayList<>();
    // What was counted is one learner's from now on, so that the sums stay.
    after.add(common.clone().mergeFrom(counted.build()).build());
    for (int shard = 1; shard < learners; shard++) {
      after.add(common.clone().setShard(shard).build());
    }
    return after;
  }

  /** One model of what each had learned; empty where one is stopped or none learns. */
  private static ByteString model(List<PolicyState> states) {
    PolicyState newest = states.get(0);
    for (PolicyState state : states) {
      if (state.getModel().isEmpty()) {
        return ByteString.EMPTY;
      }
      if (state.getShare().getRound() > newest.getShare().getRound()) {
        newest = state;
      }
    }
    if (states.size() == 1) {
      return newest.getModel();
    }
    List<ModelMerge.Contribution> models = new ArrayList<>();
    for (PolicyState state : states) {
      MergeShare share = state.getShare();
      if (share.getRound() == newest.getShare().getRound()) {
        models.add(new ModelMerge.Contribution(state.getShard(), parse(state.getModel())));
      } else {
        // Barriers are aligned and merged models come from one task, so this should not be.
        LOGGER.warn(
            "Learner {} of {}/{} stands on an older merged model: up to {} decisions are dropped",
            state.getShard(),
            state.getSurface(),
            state.getPolicy(),
            share.getContributedEvents() + share.getEvents());
      }
    }
    VowpalWabbitModel base = parse(newest.getShare().getBase());
    return UnsafeByteOperations.unsafeWrap(ModelMerge.merge(base, models).bytes());
  }

  /**
   * What each learner has counted, by shard; what those counted that are no more is the first's.
   */
  static Map<Integer, LearnCounts> counts(List<LearnCounts> saved, int learners) {
    Map<Integer, LearnCounts> counts = new HashMap<>();
    for (int shard = 0; shard < learners; shard++) {
      counts.put(shard, LearnCounts.newBuilder().setShard(shard).build());
    }
    saved.stream()
        .filter(each -> each.getShard() < learners)
        .forEach(each -> counts.put(each.getShard(), each));
    for (LearnCounts each : saved) {
      if (each.getShard() >= learners) {
        LearnCounts first = counts.getOrDefault(0, LearnCounts.getDefaultInstance());
        counts.put(
            0,
            first.toBuilder()
                .setDecisionsReceived(first.getDecisionsReceived() + each.getDecisionsReceived())
                .setDecisionsLearned(first.getDecisionsLearned() + each.getDecisionsLearned())
                .setDecisionsRejected(first.getDecisionsRejected() + each.getDecisionsRejected())
                .build());
      }
    }
    return counts;
  }

  private static VowpalWabbitModel parse(ByteString bytes) {
    return VowpalWabbitModel.parse(bytes.toByteArray());
  }
}

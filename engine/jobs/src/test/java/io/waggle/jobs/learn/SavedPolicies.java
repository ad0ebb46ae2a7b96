package io.waggle.jobs.learn;

import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.PolicyState;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** What a savepoint has of the learners. */
public final class SavedPolicies {
  private SavedPolicies() {}

  /** Every policy of those surfaces as one subtask restores it, by surface and name. */
  public static List<PolicyState> of(OperatorState learn, Surfaces surfaces) throws Exception {
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(
            learn.getStates().toArray(OperatorSubtaskState[]::new));
    OperatorSubtaskState one =
        AbstractStreamOperatorTestHarness.repartitionOperatorState(
            all, LearnSubtask.KEY_GROUPS, learn.getParallelism(), 1, 0);
    try (LearnSubtask subtask = new LearnSubtask(surfaces, Learners::open, null, 1, 0, one, 0)) {
      return subtask.policyStates().stream()
          .sorted(
              Comparator.comparing(PolicyState::getSurface).thenComparing(PolicyState::getPolicy))
          .toList();
    }
  }
}

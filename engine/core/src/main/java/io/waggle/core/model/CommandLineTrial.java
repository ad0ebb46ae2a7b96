package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets Vowpal Wabbit itself judge a command line before it reaches a job: only it knows all its
 * options and what they do together. Opens a learner (about 2 ms; memory of its {@code -b}), learns
 * one example and closes it. Any thread, one trial at a time, so that only one learner's memory is
 * ever taken.
 */
public final class CommandLineTrial {
  private static final double COST = -0.5;
  private static final double PROPENSITY = 0.5;
  private static final List<Slot> SLOTS = List.of(Slot.newBuilder().setId("slot").build());

  private CommandLineTrial() {}

  /**
   * What is wrong with the command line: VW's own message, or which option is not allowed at all;
   * null when a learner opens with it and learns.
   *
   * @throws IllegalStateException when this machine cannot load VW
   */
  public static synchronized @Nullable String problem(String arguments) {
    String expected = VowpalWabbitArguments.problem(arguments);
    if (expected != null) {
      return "expected: " + expected;
    }
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      if (learner.severalSlots()) {
        learner.learnSlots(example(SLOTS), List.of(new SlotOutcome(0, COST, PROPENSITY)));
      } else {
        learner.learn(example(List.of()), 0, COST, PROPENSITY);
      }
      return null;
    } catch (IllegalArgumentException e) {
      Throwable vowpalWabbit = e.getCause();
      return String.valueOf(vowpalWabbit == null ? e.getMessage() : vowpalWabbit.getMessage());
    } catch (RejectedExampleException e) {
      return e.getMessage();
    }
  }

  private static Example example(List<Slot> slots) {
    return new Example(
        List.of(),
        List.of(),
        List.of(
            Action.newBuilder().setId("first").build(),
            Action.newBuilder().setId("second").build()),
        0,
        slots);
  }
}

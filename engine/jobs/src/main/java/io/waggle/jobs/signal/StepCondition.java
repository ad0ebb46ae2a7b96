package io.waggle.jobs.signal;

import io.waggle.v1.Feature;
import io.waggle.v1.Interaction;
import io.waggle.v1.SignalCondition;
import io.waggle.v1.SignalStep;
import java.util.List;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.jspecify.annotations.Nullable;

/** What a step says of an interaction, alone and beside the match so far. */
final class StepCondition extends IterativeCondition<Interaction> {
  private static final long serialVersionUID = 1L;
  private static final String PROPERTY = "properties.";

  private final SignalStep step;
  private final List<String> before;

  /**
   * A step's condition.
   *
   * @param before names of the steps before that have interactions, the nearest first
   */
  StepCondition(SignalStep step, List<String> before) {
    this.step = step;
    this.before = List.copyOf(before);
  }

  @Override
  public boolean filter(Interaction interaction, Context<Interaction> match) throws Exception {
    if (!step.getInteraction().isEmpty() && !step.getInteraction().equals(interaction.getType())) {
      return false;
    }
    for (SignalCondition condition : step.getConditionsList()) {
      if (!holds(condition, interaction)) {
        return false;
      }
    }
    return itemsFit(interaction, match) && pauseFits(interaction, match);
  }

  private boolean itemsFit(Interaction interaction, Context<Interaction> match) throws Exception {
    if (!step.getSameItemAs().isEmpty()) {
      Interaction other = newest(match, step.getSameItemAs());
      if (interaction.getItemId().isEmpty()
          || (other != null && !other.getItemId().equals(interaction.getItemId()))) {
        return false;
      }
    }
    if (!step.getOtherItemThan().isEmpty()) {
      Interaction other = newest(match, step.getOtherItemThan());
      return !interaction.getItemId().isEmpty()
          && (other == null || !other.getItemId().equals(interaction.getItemId()));
    }
    return true;
  }

  private boolean pauseFits(Interaction interaction, Context<Interaction> match) throws Exception {
    if (!step.hasPause()) {
      return true;
    }
    long pauseMillis = step.getPause().getSeconds() * 1000 + step.getPause().getNanos() / 1_000_000;
    for (String name : before) {
      Interaction other = newest(match, name);
      if (other != null) {
        return interaction.getEventTimeMillis() - other.getEventTimeMillis() >= pauseMillis;
      }
    }
    return true;
  }

  private static @Nullable Interaction newest(Context<Interaction> match, String name)
      throws Exception {
    Interaction newest = null;
    for (Interaction each : match.getEventsForPattern(name)) {
      newest = each;
    }
    return newest;
  }

  private static boolean holds(SignalCondition condition, Interaction interaction) {
    String field = condition.getField();
    if (field.startsWith(PROPERTY)) {
      String name = field.substring(PROPERTY.length());
      return interaction.getPropertiesList().stream()
          .anyMatch(property -> property.getName().equals(name) && holds(condition, property));
    }
    String text =
        switch (field) {
          case "item_id" -> interaction.getItemId();
          case "category" -> interaction.getCategory();
          case "decision_id" -> interaction.getDecisionId();
          default -> throw new IllegalStateException("field: " + field + " (expected: checked)");
        };
    return text.equals(condition.getEquals());
  }

  private static boolean holds(SignalCondition condition, Feature property) {
    return switch (condition.getTestCase()) {
      case EQUALS ->
          (property.getValue().hasText()
                  && property.getValue().getText().equals(condition.getEquals()))
              || property.getValue().getTexts().getValuesList().contains(condition.getEquals());
      case ABOVE ->
          property.getValue().hasNumber() && property.getValue().getNumber() > condition.getAbove();
      case BELOW ->
          property.getValue().hasNumber() && property.getValue().getNumber() < condition.getBelow();
      case TEST_NOT_SET -> false;
    };
  }
}

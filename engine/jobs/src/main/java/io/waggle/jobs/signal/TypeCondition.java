package io.waggle.jobs.signal;

import io.waggle.v1.Interaction;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;

/** Interactions of one type. */
final class TypeCondition extends IterativeCondition<Interaction> {
  private static final long serialVersionUID = 1L;

  private final String type;

  TypeCondition(String type) {
    this.type = type;
  }

  @Override
  public boolean filter(Interaction interaction, Context<Interaction> match) {
    return interaction.getType().equals(type);
  }
}

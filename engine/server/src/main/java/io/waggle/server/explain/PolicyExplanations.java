package io.waggle.server.explain;

import io.waggle.core.codec.ModelFormatException;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import io.waggle.core.explain.PolicyFacts;
import io.waggle.core.explain.WeightNames;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ExplainPolicyResponse;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyStatus;

/** Says how a policy works and what the model being served makes of features. Any thread. */
public final class PolicyExplanations {
  private final ModelLookup models;
  private final RecentExamples examples;

  /**
   * Explains.
   *
   * @param examples where weights get their names from
   */
  public PolicyExplanations(ModelLookup models, RecentExamples examples) {
    this.models = models;
    this.examples = examples;
  }

  /**
   * Explains a policy; takes up to a few seconds for large models.
   *
   * @param limit most weights to name
   */
  public ExplainPolicyResponse of(
      Surface surface, PolicyConfig policy, PolicyStatus status, int limit) {
    ExplainPolicyResponse.Builder response =
        ExplainPolicyResponse.newBuilder()
            .setStatus(status)
            .addAllFacts(PolicyFacts.of(surface, policy));
    ServableModel served = models.find(surface.name(), policy.getName());
    if (policy.hasVowpalWabbit()) {
      if (served == null) {
        response.addFacts("no model is served yet: requests get every action alike");
      } else {
        weights(served, limit, response);
      }
    }
    return response.build();
  }

  private void weights(ServableModel served, int limit, ExplainPolicyResponse.Builder response) {
    VowpalWabbitModel model;
    try {
      model = VowpalWabbitModel.parse(served.bytes().toByteArray());
    } catch (ModelFormatException e) {
      response.addFacts("its weights cannot be told: " + e.getMessage());
      return;
    }
    response
        .addFacts("its model says:" + model.header().options())
        .setNonzeroWeights(nonzero(model.weights()))
        .addAllWeights(
            new WeightNames(model, served.arguments(), examples.of(served.surface()))
                .heaviest(model, limit));
  }

  private static long nonzero(WeightTable weights) {
    long nonzero = 0;
    for (int row = 0; row < weights.size(); row++) {
      nonzero += weights.value(row, WeightTable.WEIGHT) == 0 ? 0 : 1;
    }
    return nonzero;
  }
}

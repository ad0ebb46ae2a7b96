package io.waggle.app;

import com.google.protobuf.ByteString;
import io.waggle.app.embedded.BrokerClient;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelSnapshot;
import java.util.List;

/** A model as a learning job publishes it, where no job runs. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PublishedModel(String surface, String policy, long version, String arguments, byte[] bytes) {
  private static final int EVENTS = 10;

  /** One that prefers the first of two actions. */
  static byte[] trained(String arguments) throws RejectedExampleException {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      Example example =
          new Example(
              List.of(),
              List.of(),
              List.of(
                  Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()));
      for (int i = 0; i < EVENTS; i++) {
        var unused = learner.learn(example, 0, -1, 0.5);
      }
      return learner.modelBytes();
    }
  }

  void to(BrokerClient broker) {
    for (ModelSnapshot part : parts()) {
      broker.produce(Topics.MODELS, key(part), part);
    }
  }

  /** As a job of several learners shares it while it stands by: nobody serves it. */
  void toStandby(BrokerClient broker) {
    for (ModelSnapshot part : parts()) {
      broker.produce(Topics.MODELS, key(part), part.toBuilder().setStandby(true).build());
    }
  }

  private String key(ModelSnapshot part) {
    return Topics.modelKey(surface, policy, ModelVersions.epoch(version), part.getPart());
  }

  private List<ModelSnapshot> parts() {
    ServableModel model =
        new ServableModel(
            surface,
            policy,
            version,
            ByteString.copyFrom(bytes),
            arguments,
            EVENTS,
            ModelVersions.millis(version),
            0,
            0,
            ModelLineage.getDefaultInstance());
    return ModelParts.split(model);
  }
}

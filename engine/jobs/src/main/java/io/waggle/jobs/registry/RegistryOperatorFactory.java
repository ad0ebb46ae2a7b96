package io.waggle.jobs.registry;

import io.waggle.v1.Control;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RegisteredModel;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes the operator that keeps versions; for one subtask. */
public final class RegistryOperatorFactory extends AbstractStreamOperatorFactory<RegisteredModel>
    implements TwoInputStreamOperatorFactory<ModelSnapshot, Control, RegisteredModel> {
  private static final long serialVersionUID = 1L;

  private final RegistrySettings settings;

  public RegistryOperatorFactory(RegistrySettings settings) {
    this.settings = settings;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the interface has it
  public <T extends StreamOperator<RegisteredModel>> T createStreamOperator(
      StreamOperatorParameters<RegisteredModel> parameters) {
    return (T) new RegistryOperator(parameters, settings);
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return RegistryOperator.class;
  }
}

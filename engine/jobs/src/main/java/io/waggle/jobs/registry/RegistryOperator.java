package io.waggle.jobs.registry;

import io.waggle.core.model.ModelChanges;
import io.waggle.jobs.join.LearningNames;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.registry.ModelName;
import io.waggle.v1.Control;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RegisteredModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Puts full model versions into the registry, follows the pins of {@code control}, lets the
 * retention delete, and says what is kept: {@link RegisteredModel} records, see {@link
 * RegistryRecords} for those that are gone. One subtask, so a registry has one writer.
 *
 * <p>The registry is what holds; the topic is its listing. The operator's state is the names that
 * were said to be kept: after a restore everything kept is said again, and what was deleted since
 * is said to be gone. A version that was on its way when the job failed is not kept; the next one
 * is.
 */
final class RegistryOperator extends AbstractStreamOperator<RegisteredModel>
    implements TwoInputStreamOperator<ModelSnapshot, Control, RegisteredModel>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final RegistrySettings settings;
  private final transient MailboxExecutor mailbox;
  private final transient ModelAssembler assembler = ModelChanges.assembler();
  private final transient Set<ModelName> said = new HashSet<>();
  private transient @Nullable ListState<String> saidState;
  private transient @Nullable RegistryWriter writer;
  private transient int underWay;

  RegistryOperator(
      StreamOperatorParameters<RegisteredModel> parameters, RegistrySettings settings) {
    super(parameters);
    this.settings = settings;
    this.mailbox = parameters.getMailboxExecutor();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    saidState =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>(LearningNames.REGISTERED, Types.STRING));
    for (String name : saidState.get()) {
      said.add(ModelName.parse(name));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    RegistryCounts counts = new RegistryCounts();
    RegistryWriter started =
        new RegistryWriter(
            settings.open(),
            settings.retention(),
            PAUSE,
            processingTimeService::getCurrentProcessingTime,
            new Reports(),
            counts);
    counts.register(getMetricGroup(), started::waiting);
    writer = started;
    count(started.announce(Set.copyOf(said)));
  }

  @Override
  public void processElement1(StreamRecord<ModelSnapshot> part) {
    assembler.offer(part.getValue()).ifPresent(model -> count(writer().put(model)));
  }

  @Override
  public void processElement2(StreamRecord<Control> control) {
    if (control.getValue().hasPin()) {
      count(writer().pin(control.getValue().getPin()));
    }
  }

  /** The last versions are written before the job ends. */
  @Override
  public void endInput(int input) throws Exception {
    while (input == 1 && underWay > 0) {
      mailbox.yield();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    List<String> names = new ArrayList<>();
    said.forEach(name -> names.add(name.toString()));
    Objects.requireNonNull(saidState, "initializeState was not called").update(names);
  }

  @Override
  public void close() throws Exception {
    if (writer != null) {
      writer.close();
    }
    super.close();
  }

  private void count(boolean taken) {
    if (taken) {
      underWay++;
    }
  }

  private RegistryWriter writer() {
    return Objects.requireNonNull(writer, "open was not called");
  }

  /** Brings the writer's reports to the operator's thread. */
  private final class Reports implements RegistryWriter.Listener {
    @Override
    public void kept(RegisteredModel model) {
      later(
          () -> {
            said.add(ModelName.of(model.getLineage()));
            output.collect(new StreamRecord<>(model));
          });
    }

    @Override
    public void gone(ModelName name) {
      later(
          () -> {
            said.remove(name);
            output.collect(new StreamRecord<>(RegistryRecords.gone(name)));
          });
    }

    @Override
    public void done() {
      later(() -> underWay--);
    }

    private void later(ThrowingRunnable<Exception> report) {
      try {
        mailbox.execute(report, "registry");
      } catch (RejectedExecutionException e) {
        // The task ends: after its restore everything is said again.
        LOG.debug("A report of the registry came after the task's end", e);
      }
    }
  }
}

package io.waggle.benchmarks.jmh;

import com.google.protobuf.Message;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Decision;
import io.waggle.v1.Session;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The jobs' serializer, as RocksDB and the network between tasks see it: a full session, and a
 * decision of 50 actions with 20 features. Messages keep their size once it was asked for, so each
 * is written as it comes from a fold: anew. {@code waggle bench jmh Serializer}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SerializerBenchmark {
  @Param({"session", "decision"})
  private String message;

  private TypeSerializer<Message> serializer;
  private byte[] bytes;
  private final DataInputDeserializer in = new DataInputDeserializer();
  private final DataOutputSerializer out = new DataOutputSerializer(1 << 16);

  /** A message as the serializer writes it. */
  @Setup(Level.Trial)
  public void prepare() throws IOException {
    Message written = message.equals("session") ? session() : new Workload(2).decision(50, 20);
    serializer = serializer(written);
    serializer.serialize(written, out);
    bytes = out.getCopyOfBuffer();
  }

  // One type for both messages.
  @SuppressWarnings("unchecked")
  private static TypeSerializer<Message> serializer(Message message) {
    Class<? extends Message> type = message instanceof Session ? Session.class : Decision.class;
    return (TypeSerializer<Message>)
        (TypeSerializer<?>)
            ProtoTypeInformation.forMessage(type).createSerializer(new SerializerConfigImpl());
  }

  private static Session session() {
    SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
    Workload workload = new Workload(3);
    Session session = fold.fold(null, workload.interaction(0)).session();
    for (int index = 1; index < 200; index++) {
      session = fold.fold(session, workload.interaction(index)).session();
    }
    return session;
  }

  /** Bytes to message. */
  @Benchmark
  public Message read() throws IOException {
    in.setBuffer(bytes);
    return serializer.deserialize(in);
  }

  /** Bytes to message and back: less the former alone it is what writing costs. */
  @Benchmark
  public int readAndWrite() throws IOException {
    in.setBuffer(bytes);
    out.clear();
    serializer.serialize(serializer.deserialize(in), out);
    return out.length();
  }
}

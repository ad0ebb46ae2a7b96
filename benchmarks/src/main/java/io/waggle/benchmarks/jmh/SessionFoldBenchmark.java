package io.waggle.benchmarks.jmh;

import io.waggle.core.feature.SessionFeatures;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Folding one interaction into a full session, with and without the bytes that RocksDB sees, and
 * turning the session into features. {@code waggle bench jmh SessionFold}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SessionFoldBenchmark {
  private final SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
  private Session session;
  private byte[] sessionBytes;
  private Interaction next;

  /** A session of 200 interactions: every list at its bound. */
  @Setup(Level.Trial)
  public void prepare() {
    Workload workload = new Workload(3);
    Session folded = fold.fold(null, workload.interaction(0)).session();
    for (int index = 1; index < 200; index++) {
      folded = fold.fold(folded, workload.interaction(index)).session();
    }
    session = folded;
    sessionBytes = session.toByteArray();
    next = workload.interaction(200);
  }

  /** The fold alone. */
  @Benchmark
  public SessionFold.Folded fold() {
    return fold.fold(session, next);
  }

  /**
   * Bytes to session, fold, session to bytes: what the job does for an interaction but for RocksDB
   * itself.
   */
  @Benchmark
  public byte[] foldFromBytesToBytes() throws Exception {
    return fold.fold(Session.parseFrom(sessionBytes), next).session().toByteArray();
  }

  /** The session as features. */
  @Benchmark
  public List<Namespace> features() {
    return SessionFeatures.of(session, session.getLastMillis() + 1000, SessionSettings.DEFAULT);
  }
}

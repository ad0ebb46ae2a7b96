package io.waggle.benchmarks.load;

import io.grpc.stub.StreamObserver;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;

/** Ranks on the sender's thread, by the service itself without its network. */
final class InProcessCaller implements Caller {
  private final RankingServiceGrpc.RankingServiceImplBase service;
  private final Requests requests;

  InProcessCaller(RankingServiceGrpc.RankingServiceImplBase service, Requests requests) {
    this.service = service;
    this.requests = requests;
  }

  @Override
  public void send(long number, Ended ended) {
    service.rank(
        requests.message(number),
        new StreamObserver<RankResponse>() {
          @Override
          public void onNext(RankResponse answer) {}

          @Override
          public void onError(Throwable problem) {
            ended.failed(problem);
          }

          @Override
          public void onCompleted() {
            ended.answered();
          }
        });
  }

  @Override
  public void close() {}
}

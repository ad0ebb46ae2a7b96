package io.waggle.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose fault a failed call was. */
class ClearErrorsTest {
  private final ClearErrors errors = new ClearErrors(100);

  @Test
  void aCallerWhoDidNotWaitIsNoErrorOfOurs() {
    for (Throwable gone : List.of(ClosedStreamException.get(), ClosedSessionException.get())) {
      assertThat(told(Status.UNKNOWN, gone).getCode()).isEqualTo(Status.Code.CANCELLED);
    }
  }

  @Test
  void aDeadlineThatPassedIsToldAsOne() {
    assertThat(told(Status.UNKNOWN, RequestTimeoutException.get()).getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void whatWeDidWrongIsInternalAndNamesNoneOfOurClasses() {
    Status told = told(Status.UNKNOWN, new IllegalStateException("secret"));

    assertThat(told.getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(told.getDescription()).isEqualTo("internal: see the service's log");
  }

  private Status told(Status status, Throwable cause) {
    ServiceRequestContext context =
        ServiceRequestContext.of(HttpRequest.of(HttpMethod.POST, "/v1/rank"));
    return errors.apply(context, status, cause, new Metadata());
  }
}

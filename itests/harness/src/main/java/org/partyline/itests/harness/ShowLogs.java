package org.partyline.itests.harness;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Adds the ends of the servers' logs to a failure. For {@code @ExtendWith}. */
public final class ShowLogs implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    private static Throwable withLogs(Throwable failure) {
        if (!(failure instanceof TestAbortedException)) {
            failure.addSuppressed(new Logs(PartylineServer.logTails()));
        }
        return failure;
    }

    private static final class Logs extends Exception {
        Logs(String tails) {
            super("the servers' logs end so:\n" + tails, null, false, false);
        }
    }
}

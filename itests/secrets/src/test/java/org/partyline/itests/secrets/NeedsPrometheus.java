package org.partyline.itests.secrets;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests, with the reason, if there is no Prometheus. For {@code @ExtendWith}. */
final class NeedsPrometheus implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return Stream.of("prometheus", "promtool")
                .filter(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .noneMatch(directory -> Files.isExecutable(Path.of(directory, program))))
                .findFirst()
                .map(program -> ConditionEvaluationResult.disabled(program + " is missing (Debian: prometheus)"))
                .orElseGet(() -> ConditionEvaluationResult.enabled("a Prometheus can be started"));
    }
}

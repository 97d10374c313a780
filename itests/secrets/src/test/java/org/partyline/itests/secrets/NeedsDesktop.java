package org.partyline.itests.secrets;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests, with the reason, if there is no D-Bus or no gnome-keyring. For {@code @ExtendWith}. */
public final class NeedsDesktop implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> missing = Desktop.missing();
        return missing.isEmpty()
                ? ConditionEvaluationResult.enabled("a keyring can be started")
                : ConditionEvaluationResult.disabled("no keyring can be started: " + String.join(", ", missing)
                        + " is missing (Debian: gnome-keyring, dbus, libsecret-tools)");
    }
}

package org.partyline.api.transport;

import java.util.Objects;
import org.partyline.api.PartylineException;

/** A node cannot be used with the given settings; names the setting at fault, if known. */
public final class NodeSettingException extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final String setting;
    private final boolean wrong;

    /**
     * @param setting the key, for example {@code network}
     * @param wrong whether the node rejected the value; otherwise it may become right later, for example if the node is
     *     down
     * @param message one line: what is wrong, with the value, and what to do; nothing secret
     * @param cause the cause, for the log
     */
    public NodeSettingException(String setting, boolean wrong, String message, Throwable cause) {
        super(message, cause);
        this.setting = Objects.requireNonNull(setting, "setting");
        this.wrong = wrong;
    }

    /** The key of the setting at fault. */
    public String setting() {
        return setting;
    }

    /** Whether the value is wrong, rather than unusable at present. */
    public boolean isWrong() {
        return wrong;
    }
}

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
     * @param wrong whether the node answered that the value is wrong; otherwise it may be right later, as when the node is down
     * @param message one line: what is wrong, with which value, what to do; nothing secret
     * @param cause what led to it, for the log
     */
    public NodeSettingException(String setting, boolean wrong, String message, Throwable cause) {
        super(message, cause);
        this.setting = Objects.requireNonNull(setting, "setting");
        this.wrong = wrong;
    }

    /** The key of the setting that it is about. */
    public String setting() {
        return setting;
    }

    /** Whether the value is wrong, and not only of no use now. */
    public boolean isWrong() {
        return wrong;
    }
}

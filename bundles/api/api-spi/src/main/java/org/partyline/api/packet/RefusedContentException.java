package org.partyline.api.packet;

import org.partyline.api.PartylineException;

/** An authentic packet breaks a rule of PROTOCOL 2.3. The message names the rule. */
public final class RefusedContentException extends PartylineException {
    private static final long serialVersionUID = 1L;

    /** @param rule the rule, in words; without the content */
    public RefusedContentException(String rule) {
        super(rule);
    }
}

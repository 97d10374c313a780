package org.partyline.shell.contact;

import org.partyline.api.engine.Contacts.Waiting;
import org.partyline.api.json.JsonValues;

/** A session request of an unknown sender. */
record WaitingView(String persona, String network, String key, String since) {
    static WaitingView of(Waiting waiting) {
        return new WaitingView(
                waiting.persona(), waiting.network().label(), waiting.key(), JsonValues.iso(waiting.since()));
    }
}

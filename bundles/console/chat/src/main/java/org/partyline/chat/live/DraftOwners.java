package org.partyline.chat.live;

import java.util.HashMap;
import java.util.Map;
import org.partyline.api.engine.Conversations;

/** Records which screen owns a draft, so that no two screens of a server show and send the same one. */
public final class DraftOwners {
    private final Map<Conversations.Place, Object> owners = new HashMap<>();

    /** Takes a draft that belongs to no screen. @return whether it belongs to this screen now */
    synchronized boolean claim(Conversations.Place place, Object screen) {
        return owners.computeIfAbsent(place, free -> screen) == screen;
    }

    /** Takes a draft from whatever screen has it. */
    synchronized void take(Conversations.Place place, Object screen) {
        owners.put(place, screen);
    }

    /** Gives back all drafts of a screen that is closed. */
    synchronized void release(Object screen) {
        owners.values().removeIf(owner -> owner == screen);
    }

    /** Gives back one, when there is no draft any more. */
    synchronized void release(Conversations.Place place, Object screen) {
        owners.remove(place, screen);
    }
}

package org.partyline.shell.store;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Backups;
import org.partyline.api.json.JsonValues;

record ChangeView(
        String kind, String name, String action, @Nullable String detail) {
    static ChangeView of(Backups.Change change) {
        return new ChangeView(change.kind(), change.name(), change.action(), JsonValues.orNull(change.detail()));
    }
}

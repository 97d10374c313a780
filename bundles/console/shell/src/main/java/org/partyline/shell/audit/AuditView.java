package org.partyline.shell.audit;

import org.jspecify.annotations.Nullable;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.json.JsonValues;

record AuditView(String time, String event, @Nullable String detail) {
    static AuditView of(AuditLog.Entry entry) {
        return new AuditView(JsonValues.iso(entry.time()), entry.event(), JsonValues.orNull(entry.detail()));
    }
}

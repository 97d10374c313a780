package org.partyline.shell.web;

import org.partyline.api.json.JsonValues;
import org.partyline.api.web.WebDevice;

record DeviceView(String id, String name, String since, String lastUsed) {
    static DeviceView of(WebDevice device) {
        return new DeviceView(
                device.id(), device.name(), JsonValues.iso(device.since()), JsonValues.iso(device.lastUsed()));
    }
}

/** What an operator sets, and who tells it. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.settings;

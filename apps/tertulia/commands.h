// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.h"

namespace tertulia::app {

Exit run_init(const Arguments& arguments);
Exit run_serve(const Arguments& arguments);
Exit run_check_config(const Arguments& arguments);

Exit run_user_add(const Arguments& arguments);
Exit run_user_list(const Arguments& arguments);
Exit run_user_show(const Arguments& arguments);
Exit run_user_set(const Arguments& arguments);
Exit run_user_card(const Arguments& arguments);
Exit run_user_photo(const Arguments& arguments);
Exit run_user_password(const Arguments& arguments);
Exit run_user_disable(const Arguments& arguments);
Exit run_user_enable(const Arguments& arguments);
Exit run_user_remove(const Arguments& arguments);

Exit run_presence_show(const Arguments& arguments);
Exit run_presence_set(const Arguments& arguments);
Exit run_explain_presence(const Arguments& arguments);
Exit run_contacts_list(const Arguments& arguments);
Exit run_contacts_add(const Arguments& arguments);
Exit run_contacts_set(const Arguments& arguments);
Exit run_contacts_remove(const Arguments& arguments);
Exit run_contacts_group_add(const Arguments& arguments);
Exit run_contacts_group_rename(const Arguments& arguments);
Exit run_contacts_group_remove(const Arguments& arguments);
Exit run_level_list(const Arguments& arguments);
Exit run_level_set(const Arguments& arguments);

Exit run_status(const Arguments& arguments);
Exit run_health(const Arguments& arguments);
Exit run_reload(const Arguments& arguments);
Exit run_conversation_list(const Arguments& arguments);
Exit run_conversation_show(const Arguments& arguments);
Exit run_conference_list(const Arguments& arguments);
Exit run_conference_show(const Arguments& arguments);
Exit run_conference_create(const Arguments& arguments);
Exit run_conference_lock(const Arguments& arguments);
Exit run_conference_unlock(const Arguments& arguments);
Exit run_conference_mute(const Arguments& arguments);
Exit run_conference_unmute(const Arguments& arguments);
Exit run_conference_eject(const Arguments& arguments);
Exit run_conference_admit(const Arguments& arguments);
Exit run_conference_deny(const Arguments& arguments);
Exit run_conference_end(const Arguments& arguments);
Exit run_component_stop(const Arguments& arguments);
Exit run_component_start(const Arguments& arguments);

Exit run_cdr_list(const Arguments& arguments);
Exit run_cdr_show(const Arguments& arguments);
Exit run_cdr_export(const Arguments& arguments);

Exit run_backup(const Arguments& arguments);
Exit run_doctor(const Arguments& arguments);

Exit run_explain(const Arguments& arguments);
Exit run_completion(const Arguments& arguments);
Exit run_manual(const Arguments& arguments);

}  // namespace tertulia::app

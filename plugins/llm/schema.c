#include "schema.h"

#include <cJSON.h>

static cJSON *member_of(const struct joust_parameter *p) {
  cJSON *member = cJSON_CreateObject();
  if (p->choices) {
    cJSON_AddStringToObject(member, "type", "string");
    cJSON_AddItemToObject(member, "enum", cJSON_CreateStringArray(p->choices, (int)p->n_choices));
  } else {
    cJSON_AddStringToObject(member, "type", p->kind == JOUST_INTEGER ? "integer" : "number");
    cJSON_AddNumberToObject(member, "minimum", p->lower);
    cJSON_AddNumberToObject(member, "maximum", p->upper);
  }
  return member;
}

char *schema_of(const struct joust_space *space, int reasoning) {
  cJSON *root = cJSON_CreateObject(), *names = cJSON_CreateArray(), *members = cJSON_CreateObject();
  if (reasoning) {
    cJSON *text = cJSON_CreateObject();
    cJSON_AddStringToObject(text, "type", "string");
    cJSON_AddItemToObject(members, "reasoning", text);
    cJSON_AddItemToArray(names, cJSON_CreateString("reasoning"));
  }
  for (uint32_t i = 0; i < space->n_parameters; i++) {
    cJSON_AddItemToObject(members, space->parameters[i]->name, member_of(space->parameters[i]));
    cJSON_AddItemToArray(names, cJSON_CreateString(space->parameters[i]->name));
  }
  cJSON_AddStringToObject(root, "type", "object");
  cJSON_AddItemToObject(root, "properties", members);
  cJSON_AddItemToObject(root, "required", names);
  cJSON_AddBoolToObject(root, "additionalProperties", 0);
  int complete = cJSON_GetArraySize(names) == (int)space->n_parameters + (reasoning != 0);
  char *text = complete ? cJSON_PrintUnformatted(root) : NULL;
  cJSON_Delete(root);
  return text;
}
